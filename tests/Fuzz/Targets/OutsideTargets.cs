using System.Buffers.Binary;
using System.Text;
using Lunette.Admin.Contracts.Documents;
using Lunette.Cli.Comstar;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi.Isns;

namespace Lunette.Fuzz.Targets;

/// <summary>What comes from elsewhere: documents, another system's exports, name servers.</summary>
internal static class OutsideTargets
{
    private static readonly string[] s_documents =
    [
        """{"lunette":1}""",
        """
        {"lunette":1,"whole":true,"hostGroups":[{"name":"g","members":["iqn.2026-11.example:a"]}],
        "targetGroups":[{"name":"t","members":[]}]}
        """,
        """{"lunette":1,"disks":[{"guid":"600144F0000000000000000000000001","file":"/a.img","size":1048576}]}""",
    ];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("configuration-document", "a configuration document: refused with a reason, or written and read the same",
            Document, () => [.. s_documents.Select(Encoding.UTF8.GetBytes)])
        {
            Words = [.. new[] { "null", "[]", "{}", "[null]", "\"\"", "\"whole\":true", "\"hostGroups\":", "\"disks\":",
                "\"targets\":", "\"views\":", "\"members\":[null]", "// x\n", "/* */" }.Select(Encoding.UTF8.GetBytes)],
            AllocationBase = 1 << 20,
            AllocationPerByte = 512,
            ShortRun = 1_500,
        },
        new("packed-list", "a name/value list of COMSTAR's, packed in XDR: refused, or texts and lists within it",
            static input => CheckDepth(PackedList.Read(input), 0), () => [Packed(), [1, 1, 0, 0]])
        {
            AllocationPerByte = 256,
        },
        new("isns-answer", "what a name server answers: its status, or that it answers something else", Answer,
            () => [Answered(0), Answered(9)])
        {
            LengthMax = 300,
        },
    ];

    private static void Document(ReadOnlySpan<byte> input)
    {
        var read = DocumentText.Read(input);
        if (!read.Succeeded)
        {
            FuzzException.Unless(read.Detail is { Length: > 0 }, "refused without a reason");
            return;
        }
        var written = DocumentText.Write(read.Value!);
        var again = DocumentText.Read(Encoding.UTF8.GetBytes(written));
        FuzzException.Unless(again.Succeeded, $"what was written is not read: {again.Detail}");
        FuzzException.Unless(DocumentText.Write(again.Value!) == written, "a document changes when it is written");
    }

    private static void CheckDepth(object? value, int depth)
    {
        FuzzException.Unless(depth < 64, "lists without end");
        if (value is not IReadOnlyDictionary<string, object> list) return;
        foreach (var one in list.Values) CheckDepth(one, depth + 1);
    }

    private static void Answer(ReadOnlySpan<byte> input)
    {
        var length = IsnsMessage.AnswerLength(input);
        FuzzException.Unless(length is >= -1 and <= ushort.MaxValue, $"{length} bytes");
        _ = new IsnsMessage(IsnsFunction.DeviceAttributeRegistration, 1).StatusOf(input);
    }

    private static byte[] Answered(uint status)
    {
        var answer = new byte[IsnsMessage.HeaderLength + 4];
        BinaryPrimitives.WriteUInt16BigEndian(answer, 1);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), 0x8001);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), 4);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(IsnsMessage.HeaderLength), status);
        return answer;
    }

    // One text, one list with one number in it.
    private static byte[] Packed()
    {
        var bytes = new List<byte> { 1, 1, 0, 0 };
        Words(0, 1, 40, 64);
        Name("guid");
        Words(9, 1);
        Name("600144F0");
        Words(40, 64);
        Name("in");
        Words(19, 1, 0, 1, 24, 32);
        Name("n");
        Words(8, 1, 0, 7, 0, 0, 0, 0);
        return [.. bytes];

        void Words(params ReadOnlySpan<uint> words)
        {
            Span<byte> word = stackalloc byte[4];
            foreach (var one in words)
            {
                BinaryPrimitives.WriteUInt32BigEndian(word, one);
                bytes.AddRange(word);
            }
        }

        void Name(string text)
        {
            Words((uint)text.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(text));
            while (bytes.Count % 4 != 0) bytes.Add(0);
        }
    }
}
