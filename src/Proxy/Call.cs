using Lunette.Runtime.Loops;

namespace Lunette.Proxy;

/// <summary>Something to be done on a loop.</summary>
internal sealed class Call(Action action) : LoopWork
{
    public override void Run() => action();
}
