using Lunette.Runtime.Loops;

namespace Lunette.Runtime.Tests.Loops;

/// <summary>When a loop polls before it sleeps.</summary>
public class SpinGovernorTests
{
    [Fact]
    public void Begin_AllCoresAwake_NobodySpins()
    {
        var budget = new SpinBudget(cores: 2);
        var loops = Enumerable.Range(0, 3).Select(_ => new SpinGovernor(budget)).ToArray();
        loops[0].Awake();
        Assert.True(loops[0].Begin());
        loops[1].Awake();
        // Each awake loop has a core; one more that polled would take it from whoever it waits for.
        Assert.False(loops[0].Begin());
        Assert.False(loops[1].Begin());
        loops[1].Asleep();
        Assert.True(loops[0].Begin());
    }

    [Fact]
    public void Begin_SpinsThatFindNothing_GivenUpAndTriedNowAndThen()
    {
        var governor = new SpinGovernor(new SpinBudget(cores: 4));
        governor.Awake();
        var spun = 0;
        for (var i = 0; i < 1000; i++)
        {
            if (!governor.Begin()) continue;
            spun++;
            governor.End(succeeded: false);
        }
        Assert.InRange(spun, 20, 60);
        // Where it pays again it comes back at once.
        for (var i = 0; i < 100; i++)
            if (governor.Begin()) governor.End(succeeded: true);
        Assert.True(governor.Begin());
        Assert.InRange(governor.SuccessRate, 0.2, 1);
    }

    [Fact]
    public void Begin_SwitchedOff_Never()
    {
        var governor = new SpinGovernor(budget: null);
        governor.Awake();
        Assert.False(governor.Begin());
    }
}
