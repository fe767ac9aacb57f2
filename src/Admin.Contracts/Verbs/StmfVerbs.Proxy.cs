using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>The proxy door.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfInitProxyDoor</c>: installs the way to the other node.</summary>
    public static AdminVerb<DescriptorArguments, int> InitProxyDoor { get; } = new()
    {
        Name = "InitProxyDoor",
        Functions = ["stmfInitProxyDoor"],
        Access = VerbAccess.Change,
        TakesDescriptor = true,
        Summary = "installs the way to the other node",
        Preconditions = "the descriptor is a connected Unix socket, and there is no door yet",
        Codes = [StmfStatus.DoorInstalled],
        ArgumentsInfo = Json.Default.DescriptorArguments,
        ValueInfo = Json.Default.Int32,
        Call = (admin, a) => admin.InitProxyDoorAsync(a.Descriptor),
    };

    /// <summary><c>stmfPostProxyMsg</c>: puts in a message of the other node.</summary>
    public static AdminVerb<ProxyMessageArguments, NoValue> PostProxyMsg { get; } = new()
    {
        Name = "PostProxyMsg",
        Functions = ["stmfPostProxyMsg"],
        Access = VerbAccess.Change,
        Summary = "puts in a message of the other node",
        Preconditions = "the door is open, and the message is one whole frame",
        Codes = [StmfStatus.PostMsgFailed],
        ArgumentsInfo = Json.Default.ProxyMessageArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.PostProxyMsgAsync(a.Door, a.Message).ConfigureAwait(false)),
    };

    /// <summary><c>stmfDestroyProxyDoor</c>: closes the way to the other node.</summary>
    public static AdminVerb<DoorArguments, NoValue> DestroyProxyDoor { get; } = new()
    {
        Name = "DestroyProxyDoor",
        Functions = ["stmfDestroyProxyDoor"],
        Access = VerbAccess.Change,
        Summary = "closes the way to the other node",
        ArgumentsInfo = Json.Default.DoorArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DestroyProxyDoorAsync(a.Door).ConfigureAwait(false)),
    };
}

/// <summary>A descriptor; on the socket it goes beside the message.</summary>
/// <param name="Descriptor">Its number in the process that reads this.</param>
public sealed record DescriptorArguments(int Descriptor);

/// <summary>A message of the other node.</summary>
/// <param name="Door">The door's handle.</param>
/// <param name="Message">One frame.</param>
public sealed record ProxyMessageArguments(int Door, byte[] Message);

/// <summary>A door.</summary>
/// <param name="Door">Its handle.</param>
public sealed record DoorArguments(int Door);
