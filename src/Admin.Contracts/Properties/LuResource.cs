using System.Text.Json.Serialization;

namespace Lunette.Admin.Contracts;

/// <summary>
/// The property bag of a disk logical unit (<c>luResource</c>): filled before it is created, or a snapshot of a
/// registered one. It belongs to the caller; nothing in it reaches the framework before a verb takes it.
/// </summary>
public sealed class LuResource
{
    private readonly SortedDictionary<LuProperty, string> _values = [];

    /// <summary>
    /// <c>stmfCreateLuResource</c> and <c>stmfFreeLuResource</c> in one: an empty bag, collected as garbage.
    /// </summary>
    public LuResource()
    {
    }

    /// <summary>A snapshot; nothing is judged.</summary>
    [JsonConstructor]
    public LuResource(IReadOnlyDictionary<LuProperty, string> values)
    {
        foreach (var (property, value) in values) _values[property] = value;
    }

    /// <summary>What is set.</summary>
    public IReadOnlyDictionary<LuProperty, string> Values => _values;

    /// <summary><c>stmfSetLuProp</c>: judges a value by the property's row and keeps it.</summary>
    public StmfResult Set(LuProperty property, string value)
    {
        var row = LuPropertyRow.Find(property);
        if (row is not { AtCreate: true }) return StmfStatus.InvalidProp;
        var judged = row.Check(value);
        if (!judged.Succeeded) return judged.WithoutValue;
        _values[property] = judged.Value!;
        return StmfStatus.Success;
    }

    /// <summary>
    /// <c>stmfGetLuProp</c>: a value, <see cref="StmfStatus.NoProp"/> where it is not set,
    /// <see cref="StmfStatus.InvalidProp"/> for a property that cannot be read, and
    /// <see cref="StmfStatus.NoPropStandby"/> for any but the access state while the logical unit is not active.
    /// </summary>
    public StmfResult<string> Get(LuProperty property)
    {
        var row = LuPropertyRow.Find(property);
        if (row is not { Readable: true }) return StmfStatus.InvalidProp;
        var active = !_values.TryGetValue(LuProperty.AccessState, out var access) || access == "0";
        if (!active && property != LuProperty.AccessState) return StmfStatus.NoPropStandby;
        return _values.TryGetValue(property, out var value) ? value : StmfStatus.NoProp;
    }

    /// <summary>Sets a value without judging it: for whoever takes the snapshot.</summary>
    public LuResource With(LuProperty property, string value)
    {
        _values[property] = value;
        return this;
    }
}
