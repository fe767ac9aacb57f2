using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Whether a verb changes anything: what an observer may not do.</summary>
public enum VerbAccess
{
    /// <summary>It only looks.</summary>
    Read,

    /// <summary>It changes something.</summary>
    Change,
}

/// <summary>
/// One administrative verb as a row: what it is called in libstmf, on the wire and in the commands, what it takes, what
/// it asks for beforehand and what it can come to. Faces, dispatch, help and the reference page come from the rows.
/// </summary>
public abstract class AdminVerb
{
    private protected AdminVerb()
    {
    }

    /// <summary>Its name on the wire and, with <c>Async</c> behind it, on the interface.</summary>
    public required string Name { get; init; }

    /// <summary>The library functions it carries out; empty for verbs libstmf does not have.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>Whether it changes anything.</summary>
    public required VerbAccess Access { get; init; }

    /// <summary>Whether a descriptor goes over the socket after its arguments.</summary>
    public bool TakesDescriptor { get; init; }

    /// <summary>What it does, in a line.</summary>
    public required string Summary { get; init; }

    /// <summary>What must hold before; empty for nothing.</summary>
    public string Preconditions { get; init; } = "";

    /// <summary>Codes it can come to beyond success and those every verb can.</summary>
    public IReadOnlyList<StmfStatus> Codes { get; init; } = [];

    /// <summary>Codes libstmf's function has elsewhere that no call comes to here, each with the reason.</summary>
    public IReadOnlyList<UnreachedCode> NotHere { get; init; } = [];

    /// <summary>The commands that use it, such as <c>stmfadm offline-target</c>.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>What it takes: names and types, from the arguments' own description.</summary>
    public abstract IReadOnlyList<VerbParameter> Parameters { get; }

    /// <summary>Reads arguments, carries the verb out, and writes the answer.</summary>
    /// <param name="admin">Who carries it out.</param>
    /// <param name="arguments">The arguments as JSON.</param>
    /// <returns>The result, and its value as JSON; malformed arguments come to
    /// <see cref="StmfStatus.InvalidArg"/>.</returns>
    public abstract ValueTask<StmfResult<JsonElement?>> InvokeAsync(ILunetteAdmin admin, JsonElement arguments);
}

/// <summary>A code that a function has in COMSTAR and that no call comes to here.</summary>
/// <param name="Code">The code.</param>
/// <param name="Why">Why not.</param>
public sealed record UnreachedCode(StmfStatus Code, string Why);

/// <summary>One parameter of a verb.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Type">Its type, in the words of the contracts.</param>
public sealed record VerbParameter(string Name, string Type);

/// <summary>A verb with its types.</summary>
/// <typeparam name="TArguments">What it takes.</typeparam>
/// <typeparam name="TValue">What it answers with.</typeparam>
public sealed class AdminVerb<TArguments, TValue> : AdminVerb
    where TArguments : class
{
    /// <summary>How the arguments are written.</summary>
    public required JsonTypeInfo<TArguments> ArgumentsInfo { get; init; }

    /// <summary>How the answer is written.</summary>
    public required JsonTypeInfo<TValue> ValueInfo { get; init; }

    /// <summary>Carries it out.</summary>
    public required Func<ILunetteAdmin, TArguments, ValueTask<StmfResult<TValue>>> Call { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<VerbParameter> Parameters =>
        [.. ArgumentsInfo.Properties.Select(property => new VerbParameter(property.Name, property.PropertyType.Name))];

    /// <inheritdoc/>
    public override async ValueTask<StmfResult<JsonElement?>> InvokeAsync(ILunetteAdmin admin, JsonElement arguments)
    {
        TArguments? decoded;
        try
        {
            decoded = arguments.Deserialize(ArgumentsInfo);
        }
        catch (JsonException malformed)
        {
            return new(StmfStatus.InvalidArg, Detail: malformed.Message);
        }
        if (decoded is null) return new(StmfStatus.InvalidArg, Detail: "the verb wants arguments");
        var result = await Call(admin, decoded).ConfigureAwait(false);
        if (result.Value is null) return new(result.Status, null, result.Detail);
        return new(result.Status, JsonSerializer.SerializeToElement(result.Value, ValueInfo), result.Detail);
    }
}
