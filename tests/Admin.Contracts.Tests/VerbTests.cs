using System.Reflection;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Tests;

public sealed class VerbTests
{
    [Fact]
    public void Rows_TheInterfaces_HaveOneRowForEachVerb()
    {
        var interfaces = typeof(ILunetteAdmin).GetInterfaces().Append(typeof(ILunetteAdmin));
        var verbs = interfaces.SelectMany(type => type.GetMethods()).Select(method => method.Name[..^"Async".Length]);
        Assert.Equal(verbs.Order(), StmfVerbs.All.Select(verb => verb.Name).Order());
    }

    // libstmf exports 61 functions.
    [Fact]
    public void Rows_Libstmf_EveryFunctionHasOneRow()
    {
        var functions = StmfVerbs.All.SelectMany(verb => verb.Functions)
            .Concat(StmfVerbs.InTheCaller.Select(local => local.Function)).ToArray();
        Assert.Equal(functions.Length, functions.Distinct().Count());
        Assert.Equal(61, functions.Length);
    }

    [Fact]
    public void Rows_Parameters_AreThoseOfTheInterface()
    {
        Assert.Equal([new VerbParameter("target", "Devid")], StmfVerbs.OfflineTarget.Parameters);
        Assert.Equal(["group", "member"], StmfVerbs.AddToHostGroup.Parameters.Select(parameter => parameter.Name));
        Assert.Empty(StmfVerbs.GetState.Parameters);
    }

    [Fact]
    public void Rows_Properties_AreAllListed()
    {
        var rows = typeof(StmfVerbs).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType.IsSubclassOf(typeof(AdminVerb)))
            .Select(property => (AdminVerb)property.GetValue(null)!);
        Assert.Equal(rows.Select(row => row.Name).Order(), StmfVerbs.All.Select(row => row.Name).Order());
    }
}
