using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Lunette.Micro.Tests;

/// <summary>
/// Every benchmark of bench/Micro runs, with each of its parameters, so that none rots; and none of them, a READ and a
/// WRITE through the whole stack among them, allocates a byte in steady state.
/// </summary>
public sealed class AllocationTests
{
    public static TheoryData<string> Benchmarks =>
    [
        .. from type in typeof(Iscsi.PduParsing).Assembly.GetTypes()
           from method in type.GetMethods()
           where method.GetCustomAttribute<BenchmarkAttribute>() is not null
           select $"{type.FullName}.{method.Name}",
    ];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public async Task Benchmark_SteadyState_NothingAllocated(string name)
    {
        var type = typeof(Iscsi.PduParsing).Assembly.GetType(name[..name.LastIndexOf('.')])!;
        var parameter = type.GetProperties()
            .SingleOrDefault(property => property.GetCustomAttribute<ParamsAttribute>() is not null);
        foreach (var value in parameter?.GetCustomAttribute<ParamsAttribute>()!.Values ?? [null])
        {
            var benchmark = Activator.CreateInstance(type)!;
            if (value is not null) parameter!.SetValue(benchmark, value);
            await CallAsync<GlobalSetupAttribute>(benchmark);
            var method = type.GetMethod(name[(name.LastIndexOf('.') + 1)..])!;
            Assert.Equal((value, 0L), (value, Allocated(method, benchmark)));
            await CallAsync<GlobalCleanupAttribute>(benchmark);
        }
    }

    // What is made once (a list that grows, a method compiled anew) is made in some round; what a benchmark allocates
    // itself, in every one.
    private static long Allocated(MethodInfo method, object benchmark)
    {
        var run = (Action<int>)typeof(AllocationTests)
            .GetMethod(nameof(Repeat), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType)
            .Invoke(null, [method.CreateDelegate(typeof(Func<>).MakeGenericType(method.ReturnType), benchmark)])!;
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run(100);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    private static Action<int> Repeat<TResult>(Func<TResult> benchmark) => times =>
    {
        for (var i = 0; i < times; i++) benchmark();
    };

    private static async Task CallAsync<TAttribute>(object benchmark) where TAttribute : Attribute
    {
        var method = benchmark.GetType().GetMethods()
            .SingleOrDefault(m => m.GetCustomAttribute<TAttribute>() is not null);
        if (method?.Invoke(benchmark, null) is Task task) await task;
    }
}
