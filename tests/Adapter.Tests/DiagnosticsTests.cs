using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;

namespace Lunette.Adapter.Tests;

/// <summary>SCIODIAG, SCIOTRAM and SCIODNLD as a diagnostics program meets them.</summary>
public class DiagnosticsTests
{
    [Fact]
    public void Diagnostics_Errors_SuspendUntilResumedAndEndWithENOMSG()
    {
        var (rig, file) = Open(attributes => attributes with { DiagnosticFaults = 2 });

        var diagnostics = new ScCardDiag();
        Assert.Equal(Errno.EFAULT, Call(rig, file, IoctlNumber.SCIODIAG, diagnostics));
        Assert.Equal(1, diagnostics.DiagnosticStatus);
        Assert.Equal(Errno.EFAULT, Call(rig, file, IoctlNumber.SCIODIAG, new ScCardDiag { Option = 1 }));
        Assert.Equal(Errno.ENOMSG, Call(rig, file, IoctlNumber.SCIODIAG, new ScCardDiag { Option = 1 }));
        Assert.Equal(Errno.EINVAL, Call(rig, file, IoctlNumber.SCIODIAG, new ScCardDiag { Option = 1 }));
        Assert.Equal(Errno.None, Call(rig, file, IoctlNumber.SCIODIAG, new ScCardDiag()));
        Assert.Empty(rig.Log.Entries);
    }

    [Theory]
    [InlineData(2, Errno.EINVAL)]
    [InlineData(3, Errno.ENXIO)]
    [InlineData(4, Errno.ENXIO)]
    [InlineData(5, Errno.ENXIO)]
    [InlineData(0x80, Errno.ENXIO)]
    public void Diagnostics_Option_AsTabled(byte option, Errno errno)
    {
        var (rig, file) = Open();
        Assert.Equal(errno, Call(rig, file, IoctlNumber.SCIODIAG, new ScCardDiag { Option = option }));
    }

    [Fact]
    public void Ram_NoneToTest_ENXIO()
    {
        var (rig, file) = Open(attributes => attributes with { AdapterRamBytes = 0 });
        Assert.Equal(Errno.ENXIO, Call(rig, file, IoctlNumber.SCIOTRAM, new ScRamTest { Option = 1 }));
    }

    [Fact]
    public void Ram_PastItsEnd_EIO()
    {
        var (rig, file) = Open();
        Assert.Equal(Errno.EIO, Call(rig, file, IoctlNumber.SCIOTRAM,
            new ScRamTest { Option = 1, CardBufferAddress = 4095, BufferLength = 2, Buffer = new byte[2] }));
    }

    [Theory]
    [InlineData(0, Errno.EINVAL)]
    [InlineData(1000, Errno.EINVAL)]        // not padded to 1 KiB
    [InlineData(2 << 20, Errno.ENOMEM)]
    [InlineData(2048, Errno.None)]
    public void Download_Image_AsTabledAndItsVersionIsReadBack(int length, Errno errno)
    {
        var (rig, file) = Open();
        var image = new byte[length];
        if (length > 3) image[3] = 42;
        Assert.Equal(errno, Call(rig, file, IoctlNumber.SCIODNLD,
            new ScDownload { Option = 1, MicrocodeLength = (uint)length, Microcode = image }));

        var version = new ScDownload { Option = 2 };
        Assert.Equal(Errno.None, Call(rig, file, IoctlNumber.SCIODNLD, version));
        Assert.Equal(errno == Errno.None ? 42u : 1u, version.VersionNumber);
        Assert.Equal(Errno.ENXIO, Call(rig, file, IoctlNumber.SCIODNLD, new ScDownload { Option = 9 }));
    }

    private static (ScriptedRig Rig, AdapterFile File) Open(Func<AdapterAttributes, AdapterAttributes>? change = null)
    {
        var rig = new ScriptedRig(change);
        rig.File.Dispose();
        Assert.Equal(Errno.None, rig.Adapter.Open(AdapterCaller.Privileged, OpenExtension.Diagnostic, out var file));
        return (rig, file!);
    }

    private static Errno Call(ScriptedRig rig, AdapterFile file, int number, object argument)
    {
        var answer = file.IoctlAsync(number, argument);
        rig.Loop.Pump();
        return ScriptedRig.Now(answer);
    }
}
