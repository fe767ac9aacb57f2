using Lunette.Admin.Contracts;
using Lunette.Libstmf.Daemon;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Functions;

/// <summary>What all functions that answer with a list share.</summary>
internal static unsafe class Lists
{
    public static int Answer<T, TItem>(
        void** list, Func<IStmf, ValueTask<StmfResult<IReadOnlyList<T>>>> verb, CList.Fill<T, TItem> fill)
        where TItem : unmanaged => Caller.Run(() =>
        {
            if (list is null) return StmfStatus.InvalidArg;
            var result = Caller.Ask(verb);
            if (result.Succeeded) *list = CList.Make(result.Required, fill);
            return result.WithoutValue;
        });
}
