namespace Lunette.Port.Iscsi.Login;

/// <summary>How many connections may come in a second: a bucket of permissions that fills with time.</summary>
internal sealed class LoginRate(int perSecond)
{
    private double _permissions = 2.0 * perSecond;
    private long _filledAt;

    public bool TryTake(long nowNanoseconds)
    {
        var passed = _filledAt == 0 ? 0 : nowNanoseconds - _filledAt;
        _filledAt = nowNanoseconds;
        _permissions = Math.Min(2.0 * perSecond, _permissions + (passed * 1e-9 * perSecond));
        if (_permissions < 1) return false;
        _permissions--;
        return true;
    }
}
