using System.Text;

namespace Lunette.EndToEnd.PowerLoss;

/// <summary>What is read out of strace's record, where the calls of several threads overlap.</summary>
public sealed class FileCallTests
{
    private const string Folder = "/f";

    [Fact]
    public void ReadAll_CallInTwoLines_HasThePlaceAndTheTimeOfItsBeginning()
    {
        string[] lines =
        [
            $"7 100.500000 pwrite64(3<{Hex("/f/a")}>, \"{Hex("xy")}\", 2, 4096 <unfinished ...>",
            $"8 100.600000 fsync(4<{Hex("/f/b")}> <unfinished ...>",
            "7 100.700000 <... pwrite64 resumed>) = 2",
            "8 100.800000 --- stopped by SIGSTOP ---",
            "8 100.900000 <... fsync resumed>) = 0",
            $"7 101.000000 ftruncate(3<{Hex("/f/a")}>, 512) = 0",
            $"7 101.100000 fsync(9<{Hex("/elsewhere")}>) = 0",
        ];
        var calls = FileCall.ReadAll(lines, Folder);
        Assert.Equal(
            [
                (FileCallKind.Write, 0, 2, 100.5, "/f/a", 4096L), (FileCallKind.Sync, 1, 4, 100.6, "/f/b", 0L),
                (FileCallKind.SetLength, 5, 5, 101.0, "/f/a", 512L),
            ],
            calls.Select(call => (call.Kind, call.Begun, call.Ended, call.Time, call.Path, call.Offset)));
        Assert.Equal("xy"u8.ToArray(), calls[0].Bytes);
    }

    private static string Hex(string text) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(letter => $"\\x{letter:x2}"));
}
