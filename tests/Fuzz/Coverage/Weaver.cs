using System.Buffers.Binary;
using System.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Lunette.Fuzz.Coverage;

/// <summary>
/// Instruments an assembly: a call to <see cref="Edges.Hit"/> at the head of every basic block. On the way it collects
/// the constants the code compares with, which make good words for mutations.
/// </summary>
internal sealed class Weaver
{
    private const int WordLengthMax = 40;

    private readonly HashSet<string> _texts = [];
    private readonly HashSet<long> _numbers = [];

    /// <summary>Blocks instrumented so far; the next block's number.</summary>
    public int Blocks { get; private set; }

    /// <summary>The constants as bytes, texts first.</summary>
    public IEnumerable<byte[]> Words =>
        [.. _texts.Order(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes), .. _numbers.Order().Select(BigEndian)];

    /// <summary>Reads one assembly and writes its instrumented copy.</summary>
    public void Weave(string from, string to)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(from));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var assembly = AssemblyDefinition.ReadAssembly(from,
            new ReaderParameters { AssemblyResolver = resolver });
        var hit = assembly.MainModule.ImportReference(typeof(Edges).GetMethod(nameof(Edges.Hit)));
        foreach (var method in assembly.MainModule.GetTypes().SelectMany(type => type.Methods))
            if (method.HasBody && method.Body.Instructions.Count > 0) Weave(method, hit);
        assembly.Write(to);
    }

    private void Weave(MethodDefinition method, MethodReference hit)
    {
        var body = method.Body;
        Collect(body);
        body.SimplifyMacros();
        Dictionary<Instruction, Instruction> heads = [];
        var il = body.GetILProcessor();
        foreach (var leader in Leaders(body))
        {
            var head = il.Create(OpCodes.Ldc_I4, Blocks++);
            il.InsertBefore(leader, head);
            il.InsertBefore(leader, il.Create(OpCodes.Call, hit));
            heads.Add(leader, head);
        }
        Redirect(body, heads);
        body.OptimizeMacros();
    }

    // Where a block can begin: the method, whatever is branched to, what follows a branch, and handlers.
    private static List<Instruction> Leaders(MethodBody body)
    {
        HashSet<Instruction> leaders = [body.Instructions[0]];
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) leaders.Add(target);
            if (instruction.Operand is Instruction[] targets) leaders.UnionWith(targets);
            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is { } next)
                leaders.Add(next);
        }
        foreach (var handler in body.ExceptionHandlers)
        {
            leaders.Add(handler.TryStart);
            leaders.Add(handler.HandlerStart);
            if (handler.FilterStart is { } filter) leaders.Add(filter);
        }
        // A prefix belongs to what follows it.
        return [.. body.Instructions.Where(leaders.Contains)
            .Where(leader => leader.Previous?.OpCode.OpCodeType != OpCodeType.Prefix)];
    }

    private static void Redirect(MethodBody body, Dictionary<Instruction, Instruction> heads)
    {
        Instruction Head(Instruction leader) => heads.GetValueOrDefault(leader, leader);
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) instruction.Operand = Head(target);
            if (instruction.Operand is Instruction[] targets)
                instruction.Operand = Array.ConvertAll(targets, Head);
        }
        foreach (var handler in body.ExceptionHandlers)
        {
            handler.TryStart = Head(handler.TryStart);
            handler.HandlerStart = Head(handler.HandlerStart);
            if (handler.TryEnd is { } tryEnd) handler.TryEnd = Head(tryEnd);
            if (handler.HandlerEnd is { } end) handler.HandlerEnd = Head(end);
            if (handler.FilterStart is { } filter) handler.FilterStart = Head(filter);
        }
    }

    private void Collect(MethodBody body)
    {
        foreach (var instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case string { Length: > 0 and <= WordLengthMax } text:
                    _texts.Add(text);
                    break;
                case int number when number is < 0 or > 255:
                    _numbers.Add(number);
                    break;
                case long number:
                    _numbers.Add(number);
                    break;
            }
        }
    }

    private static byte[] BigEndian(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        var width = number is >= short.MinValue and <= ushort.MaxValue ? 2
            : number is >= int.MinValue and <= uint.MaxValue ? 4 : 8;
        return bytes[^width..];
    }
}
