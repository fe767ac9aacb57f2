using System.Globalization;
using Lunette.Admin.Contracts;

namespace Lunette.Cli.Observation;

/// <summary>
/// lunette capture: what goes over one session, as a pcap file. The file is written here, with the rights of whoever
/// asks; the daemon writes none.
/// </summary>
internal sealed class CaptureCommand(Terminal terminal)
{
    private const string Command = CommandLine.Name;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public async Task<int> RunAsync(
        ILunetteAdmin admin, ulong session, string file, TimeSpan? limit, string size, CancellationToken stop)
    {
        if (!SizeText.TryParse(size, out var most))
            return terminal.Fail(Command, size, "write a size such as 64m or 1g");
        var name = session.ToString(CultureInfo.InvariantCulture);
        FileStream to;
        try
        {
            // Nothing is held back: whoever reads along sees what there is.
            var mine = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
            };
            // There is data of others in it.
            if (!OperatingSystem.IsWindows()) mine.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            to = new FileStream(file, mine);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(Command, file, failed.Message);
        }
        await using (to)
        {
            var begun = await admin.StartCaptureAsync(session);
            if (!begun.Succeeded)
            {
                File.Delete(file);
                return terminal.Fail(Command, name, begun.WithoutValue);
            }
            var on = begun.Value!;
            terminal.Error.WriteLine(
                $"capturing session {name} of {on.Session.Initiator} from {on.Session.Address} at {on.Portal}; "
                + (limit is null ? "Ctrl-C ends" : $"ends in {limit.Value.TotalSeconds:0} s"));
            return await CopyAsync(admin, on.Capture, to, limit, most, stop);
        }
    }

    private async Task<int> CopyAsync(
        ILunetteAdmin admin, long capture, FileStream to, TimeSpan? limit, long most, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (limit is { } time) over.CancelAfter(time);
        var lost = 0L;
        var why = "";
        while (true)
        {
            // What was captured before the end is still fetched after it.
            var last = over.IsCancellationRequested;
            var read = await admin.ReadCaptureAsync(capture);
            if (!read.Succeeded) return terminal.Fail(Command, to.Name, read.WithoutValue);
            var chunk = read.Value!;
            await to.WriteAsync(chunk.Bytes, CancellationToken.None);
            lost = chunk.LostBytes;
            if (chunk.Ended) why = "; the session is over";
            if (to.Length >= most) why = "; the file is as large as it may be";
            if (last || why.Length > 0) break;
            if (chunk.Bytes.Length > 0) continue;
            try
            {
                await Task.Delay(s_pause, terminal.Time, over.Token);
            }
            catch (OperationCanceledException)
            {
                // The end: one more look.
            }
        }
        await admin.EndCaptureAsync(capture);
        terminal.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{to.Length:N0} bytes in {to.Name}{why}"));
        if (lost > 0)
        {
            terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{lost:N0} bytes of the session came too fast and are missing"));
        }
        return ExitStatus.Success;
    }
}
