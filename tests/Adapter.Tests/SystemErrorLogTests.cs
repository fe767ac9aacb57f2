namespace Lunette.Adapter.Tests;

/// <summary>The system error log as a program hears of it.</summary>
public sealed class SystemErrorLogTests
{
    [Fact]
    public void Written_ACommandThatTimesOut_EachEntryIsToldOnceAndInOrder()
    {
        var rig = new ScriptedRig();
        var told = new List<ErrorLog.ErrorEntry>();
        rig.Log.Written += (log, entry) =>
        {
            Assert.Same(rig.Log, log);
            told.Add(entry);
        };
        rig.Start();
        rig.Send(timeoutSeconds: 5);
        for (var second = 0; second < 60; second++) rig.Loop.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEmpty(told);
        Assert.Equal(rig.Log.Entries, told);
        Assert.Equal(told.Select(entry => entry.SequenceNumber).Order().Distinct(),
            told.Select(entry => entry.SequenceNumber));
    }
}
