using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Verbs;

/// <summary>Each verb comes to each of its codes, and to no other.</summary>
public abstract class VerbCaseTests
{
    public static TheoryData<string> Cases => [.. VerbCases.ByName.Keys];

    private protected abstract bool Remote { get; }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Verb_Arranged_ComesToTheCode(string name)
    {
        var one = VerbCases.ByName[name];
        var result = await one.ComesToAsync(Remote);
        Assert.True(one.Code == result.Status, $"{name}: came to {result.Status}, {result}");
    }
}

/// <summary>In the process.</summary>
public sealed class LocalVerbCaseTests : VerbCaseTests
{
    private protected override bool Remote => false;
}

/// <summary>Through the socket.</summary>
public sealed class RemoteVerbCaseTests : VerbCaseTests
{
    private protected override bool Remote => true;
}

/// <summary>The table of cases held against the rows.</summary>
public sealed class VerbCaseTableTests
{
    public static TheoryData<string> Verbs => [.. StmfVerbs.All.Select(verb => verb.Name)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Row_EveryCode_HasACase(string name)
    {
        var verb = StmfVerbs.Find(name)!;
        var shown = VerbCases.ByName.Values.Where(one => one.Verb == verb).Select(one => one.Code).ToArray();
        Assert.Equal(verb.Codes.Distinct(), verb.Codes);
        Assert.Empty(verb.Codes.Append(StmfStatus.Success).Except(shown));
        Assert.Empty(shown.Except(verb.Codes).Except(StmfVerbs.CodesOfAll));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Row_CodeThatNoCallComesTo_SaysWhyAndIsNotAmongTheOthers(string name)
    {
        var verb = StmfVerbs.Find(name)!;
        Assert.All(verb.NotHere, never => Assert.NotEmpty(never.Why));
        Assert.Empty(verb.NotHere.Select(never => never.Code).Intersect(verb.Codes));
        if (verb.Functions.Count == 0) Assert.Empty(verb.NotHere);
    }
}
