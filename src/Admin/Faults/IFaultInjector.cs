using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Faults;

/// <summary>What puts faults over the stores of logical units. The composition root supplies it.</summary>
public interface IFaultInjector
{
    /// <summary>Puts one more on top.</summary>
    StmfResult Inject(LogicalUnit unit, Fault fault);

    /// <summary>What is there now, the lowest first.</summary>
    StmfResult<IReadOnlyList<string>> Describe(LogicalUnit unit);

    /// <summary>Takes all away.</summary>
    ValueTask<StmfResult> ClearAsync(LogicalUnit unit);
}
