using Lunette.Adapter.Opening;

namespace Lunette.Adapter;

/// <content>Opening and closing the special file.</content>
public sealed partial class ScsiAdapter
{
    private readonly Lock _openGate = new();
    private int _opens;
    private volatile bool _isDiagnostic;

    /// <summary>
    /// Opens the adapter. Kernel extensions always may; others need the authority (EPERM). SC_DIAGNOSTIC excludes every
    /// other open (EACCES); the other extensions mean something to head drivers only.
    /// </summary>
    public Errno Open(AdapterCaller caller, OpenExtension extension, out AdapterFile? file)
    {
        file = null;
        var diagnostic = (extension & OpenExtension.Diagnostic) != 0;
        if (!caller.MayConfigure && (diagnostic || !caller.IsKernel)) return Errno.EPERM;
        lock (_openGate)
        {
            if (_isDiagnostic || diagnostic && _opens > 0) return Errno.EACCES;
            _opens++;
            _isDiagnostic = diagnostic;
        }
        file = new AdapterFile(this, caller, diagnostic);
        return Errno.None;
    }

    internal void Closed(AdapterFile file)
    {
        Post(() => Unregister(file));
        lock (_openGate)
        {
            _opens--;
            _isDiagnostic = false;
        }
    }
}
