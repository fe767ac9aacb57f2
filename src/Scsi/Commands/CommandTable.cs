using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Lunette.Scsi;

/// <summary>
/// Finds the row of a CDB by operation code and, where the code has them, service action: two array reads, no
/// allocation. The rows are whatever the caller keeps beside a <see cref="CommandDescriptor"/>.
/// </summary>
public sealed class CommandTable<TRow> where TRow : class
{
    private const int ServiceActions = 32;      // five bits of byte 1

    private readonly TRow?[] _byOperationCode = new TRow?[256];
    private readonly TRow?[]?[] _byServiceAction = new TRow?[]?[256];
    private readonly FrozenDictionary<ushort, TRow> _variableLength;

    /// <summary>Indexes rows.</summary>
    /// <param name="rows">The rows; no two of the same command.</param>
    /// <param name="descriptor">The row's command.</param>
    /// <exception cref="ArgumentException">Two rows are of the same command.</exception>
    public CommandTable(IEnumerable<TRow> rows, Func<TRow, CommandDescriptor> descriptor)
    {
        Dictionary<ushort, TRow> variableLength = [];
        List<TRow> all = [];
        foreach (var row in rows)
        {
            all.Add(row);
            var command = descriptor(row);
            var code = command.OperationCode;
            var free = command.ServiceAction switch
            {
                null => Place(ref _byOperationCode[code], row),
                { } action when code == CdbLayout.VariableLength => variableLength.TryAdd(action, row),
                { } action => Place(ref (_byServiceAction[code] ??= new TRow?[ServiceActions])[action], row),
            };
            if (!free) throw new ArgumentException("two rows of " + command.Name, nameof(rows));
        }

        _variableLength = variableLength.ToFrozenDictionary();
        Rows = all;
    }

    /// <summary>All rows in the order given.</summary>
    public IReadOnlyList<TRow> Rows { get; }

    /// <summary>The row of a CDB, or null.</summary>
    /// <param name="cdb">As received; too short a CDB has no row.</param>
    public TRow? Find(ReadOnlySpan<byte> cdb)
    {
        if (cdb.Length < 6) return null;
        var code = cdb[0];
        if (_byOperationCode[code] is { } row) return row;
        if (_byServiceAction[code] is { } actions) return actions[cdb[1] & 0x1F];
        return code == CdbLayout.VariableLength && cdb.Length >= 10
            ? _variableLength.GetValueOrDefault((ushort)(cdb[8] << 8 | cdb[9]))
            : null;
    }

    /// <summary>
    /// The row of an operation code and service action (which is not looked at where the code has none).
    /// </summary>
    public TRow? Find(byte operationCode, ushort serviceAction)
    {
        if (_byOperationCode[operationCode] is { } row) return row;
        if (operationCode == CdbLayout.VariableLength) return _variableLength.GetValueOrDefault(serviceAction);
        return serviceAction < ServiceActions ? _byServiceAction[operationCode]?[serviceAction] : null;
    }

    /// <summary>Whether some row has the operation code.</summary>
    public bool Knows(byte operationCode) => _byOperationCode[operationCode] is not null
        || HasServiceActions(operationCode);

    /// <summary>Whether the commands of an operation code are told apart by service action.</summary>
    public bool HasServiceActions(byte operationCode) => _byServiceAction[operationCode] is not null
        || operationCode == CdbLayout.VariableLength && _variableLength.Count > 0;

    /// <summary>
    /// Why a CDB that has no row is refused: INVALID COMMAND OPERATION CODE, or, where only the service action is
    /// unknown, INVALID FIELD IN CDB pointing at it.
    /// </summary>
    public Sense Refusal(ReadOnlySpan<byte> cdb)
    {
        if (cdb.Length < 2 || !HasServiceActions(cdb[0]))
            return Sense.Illegal(AdditionalSense.InvalidCommandOperationCode);
        return cdb[0] == CdbLayout.VariableLength ? Sense.InvalidFieldInCdb(8) : Sense.InvalidFieldInCdb(1, bit: 4);
    }

    private static bool Place([NotNull] ref TRow? place, TRow row)
    {
        var free = place is null;
        place = row;
        return free;
    }
}
