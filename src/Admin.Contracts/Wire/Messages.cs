using System.Text.Json;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>One call on the administrator's socket.</summary>
/// <param name="Version">The caller's <see cref="AdminWire.Version"/>.</param>
/// <param name="Verb">The verb's name.</param>
/// <param name="Arguments">What the verb takes, by its row.</param>
public sealed record AdminRequest(int Version, string Verb, JsonElement Arguments);

/// <summary>The answer to a call.</summary>
/// <param name="Version">The daemon's <see cref="AdminWire.Version"/>.</param>
/// <param name="Status">The code's number, as in libstmf.</param>
/// <param name="Detail">For people.</param>
/// <param name="Value">What the verb answers with, by its row.</param>
public sealed record AdminReply(int Version, int Status, string? Detail, JsonElement? Value);
