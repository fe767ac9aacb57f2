using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Verbs;

/// <summary>
/// How one verb comes to one code: a world is made ready and says what the verb is then given. It runs in the process
/// and through the socket; the arranging goes the same way.
/// </summary>
/// <param name="Verb">The verb.</param>
/// <param name="Code">What it comes to.</param>
/// <param name="ComesToAsync">Makes a world, arranges it, and carries the verb out; true through the socket.</param>
internal sealed record VerbCase(AdminVerb Verb, StmfStatus Code, Func<bool, Task<StmfResult>> ComesToAsync)
{
    /// <summary>Verb and code.</summary>
    public string Name => $"{Verb.Name} {Code}";

    /// <summary>Over a framework with disks and ports of no substance, whose transitions can be held.</summary>
    public static VerbCase Small<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, StmfStatus code, Func<SmallWorld, Task<TArguments>> arrange)
        where TArguments : class => new(verb, code, async remote =>
        {
            await using var world = await SmallWorld.StartAsync(remote);
            var arguments = await arrange(world);
            return await CallAsync(verb, world.Admin, arguments);
        });

    /// <summary>As <see cref="Small{TArguments, TValue}(AdminVerb{TArguments, TValue}, StmfStatus,
    /// Func{SmallWorld, Task{TArguments}})"/>, where nothing has to be waited for.</summary>
    public static VerbCase Small<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, StmfStatus code, Func<SmallWorld, TArguments> arrange)
        where TArguments : class => Small(verb, code, world => Task.FromResult(arrange(world)));

    /// <summary>Over everything a daemon is made of: files, sockets, faults, adapters.</summary>
    public static VerbCase Whole<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, StmfStatus code, Func<WholeWorld, Task<TArguments>> arrange)
        where TArguments : class => new(verb, code, async remote =>
        {
            await using var world = await WholeWorld.StartAsync(remote);
            var arguments = await arrange(world);
            return await CallAsync(verb, world.Admin, arguments);
        });

    /// <summary>As the other, where nothing has to be waited for.</summary>
    public static VerbCase Whole<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, StmfStatus code, Func<WholeWorld, TArguments> arrange)
        where TArguments : class => Whole(verb, code, world => Task.FromResult(arrange(world)));

    private static async Task<StmfResult> CallAsync<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, ILunetteAdmin admin, TArguments arguments)
        where TArguments : class => (await verb.Call(admin, arguments)).WithoutValue;
}
