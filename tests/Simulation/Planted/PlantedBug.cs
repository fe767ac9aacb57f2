using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Lunette.Simulation.Planted;

/// <summary>
/// A mistake that the simulation must find: woven into a copy of the product's assemblies, so that neither the
/// product's source nor any build of it holds one.
/// </summary>
/// <param name="Name">What it is called.</param>
/// <param name="Seeds">Within how many seeds, from the first, it must be found.</param>
/// <param name="Assembly">Where.</param>
/// <param name="Type">The type.</param>
/// <param name="Method">The method.</param>
/// <param name="Callee">The call, or the field's change, that is left out there; null: the whole method does
/// nothing.</param>
/// <param name="Instead">What is called in its place, of <see cref="PlantedCalls"/>; null for nothing.</param>
internal sealed record PlantedBug(
    string Name, int Seeds, string Assembly, string Type, string Method, string? Callee = null, string? Instead = null)
{
    private const string DeviceServer = "Lunette.DeviceServer.dll";
    private const string Disk = "Lunette.Lu.Disk.dll";
    private const string Initiator = "Lunette.Initiator.Iscsi.dll";
    private const string Runtime = "Lunette.Runtime.dll";
    private const string Port = "Lunette.Port.Iscsi.dll";
    private const string Proxy = "Lunette.Proxy.dll";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        new("aborts-do-not-wait-for-the-store", 60, DeviceServer, "TaskAborter", "Add"),
        new("fua-is-not-passed-on", 60, Disk, "DiskTask", "Ask", "set_ForceUnitAccess"),
        new("reservations-do-not-fence", 60, DeviceServer, "EmulatedUnit", "DeniedTo"),
        new("preempted-tasks-go-on", 200, DeviceServer, "EmulatedUnit", "AbortPreempted"),
        new("unit-attentions-are-lost", 20, DeviceServer, "UnitAttentionSet", "Establish"),
        new("unit-attentions-come-again", 20, DeviceServer, "EmulatedUnit", "ClearAttention", "Clear"),
        new("status-numbers-stand-still", 20, Port, "TargetConnection", "TakeStatSn"),
        new("sessions-are-not-forgotten", 20, Port, "TargetSession", "Finish", "SessionClosed"),
        new("timers-stay-armed", 20, Port, "TargetConnection", "Closed", "Disarm"),
        new("buffers-are-not-given-back", 20, Port, "TargetSession", "Finish", "Release"),
        new("commands-in-the-window-are-not-counted", 60, Port, "TaskSlots", "get_Free", "get_InWindow"),
        new("data-digests-are-not-looked-at", 60, Port, "TargetConnection", "ReceiveWhole", "get_DataDigestLength"),
        new("numbers-before-the-window-are-taken", 60, Port, "TargetConnection", "InTurn", "Contains"),
        new("deadlines-follow-the-wall-clock", 60, Runtime, "StreamLoop", "Timestamp", "GetTimestamp",
            Instead: nameof(PlantedCalls.WallClock)),
        new("writes-that-find-no-buffer-are-forgotten", 200, DeviceServer, "EmulatedUnit", "RequestDataOut",
            "Complete"),
        new("the-other-portal-is-not-tried", 60, Initiator, "SessionMachine", "MayTryAgain", "_portal"),
        new("new-sizes-are-not-told", 20, DeviceServer, "EmulatedUnit", "EstablishAttention"),
        new("tasks-outlive-the-door-they-came-by", 60, Proxy, "ProxyNode", "LetGo"),
        new("commands-lost-with-the-door-say-busy", 120, Proxy, "Forwarded", "Lose"),
        new("nexuses-are-kept-at-the-owner", 20, Proxy, "ProxyNode", "Leave"),
    ];

    /// <summary>Writes the assembly with the mistake in it.</summary>
    public void Weave(string from, string to)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(from));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var assembly = AssemblyDefinition.ReadAssembly(from,
            new ReaderParameters { AssemblyResolver = resolver });
        var methods = assembly.MainModule.GetTypes().Where(type => type.Name == Type)
            .SelectMany(type => type.Methods).Where(method => method.Name == Method && method.HasBody).ToArray();
        var changed = methods.Count(method => Callee is null ? Empty(method) : LeaveOut(method, Callee));
        if (changed == 0) throw new InvalidOperationException($"{Name}: there is no {Type}.{Method} {Callee}");
        assembly.Write(to);
    }

    private static bool Empty(MethodDefinition method)
    {
        method.Body = new MethodBody(method) { InitLocals = true };
        var il = method.Body.GetILProcessor();
        Default(method, method.ReturnType, il.Append);
        il.Append(il.Create(OpCodes.Ret));
        return true;
    }

    private bool LeaveOut(MethodDefinition method, string callee)
    {
        var il = method.Body.GetILProcessor();
        var leftOut = 0;
        foreach (var call in method.Body.Instructions.ToArray())
        {
            var isStore = call.OpCode == OpCodes.Stfld && call.Operand is FieldReference field && field.Name == callee;
            var called = call.Operand as MethodReference;
            if (!isStore && called?.Name != callee) continue;
            leftOut++;
            if (Instead is not null)
            {
                call.OpCode = OpCodes.Call;
                call.Operand = method.Module.ImportReference(typeof(PlantedCalls).GetMethod(Instead));
                continue;
            }
            var arguments = isStore ? 2 : called!.Parameters.Count + (called.HasThis ? 1 : 0);
            // The first takes the call's place, so that whatever branches to it still does.
            call.OpCode = OpCodes.Nop;
            call.Operand = null;
            var last = call;
            void After(Instruction next)
            {
                il.InsertAfter(last, next);
                last = next;
            }
            for (var i = 0; i < arguments; i++) After(il.Create(OpCodes.Pop));
            if (called is not null) Default(method, called.ReturnType, After, answer: 1);
        }
        return leftOut > 0;
    }

    // What a method that was left out answers: nothing, or yes where it is a question.
    private static void Default(
        MethodDefinition method, TypeReference type, Action<Instruction> append, int answer = 0)
    {
        if (type.MetadataType == MetadataType.Void) return;
        if (type.MetadataType == MetadataType.Boolean)
        {
            append(Instruction.Create(OpCodes.Ldc_I4, answer));
            return;
        }
        var nothing = new VariableDefinition(type);
        method.Body.InitLocals = true;
        method.Body.Variables.Add(nothing);
        append(Instruction.Create(OpCodes.Ldloc, nothing));
    }
}
