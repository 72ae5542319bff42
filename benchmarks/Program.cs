using BenchmarkDotNet.Running;
using Benchmarks.Ceilings;
using Benchmarks.Engine;
using Benchmarks.Gpu;
using Benchmarks.Load;
using Benchmarks.Prepare;

try
{
    switch (args)
    {
        case ["load", .. var rest]:
            return await LoadVerb.RunAsync(rest).ConfigureAwait(false);
        case ["ceilings", .. var rest]:
            CeilingsVerb.Run(CeilingOptions.Parse(rest));
            return 0;
        case ["costs", .. var rest]:
            CostsVerb.Run(rest);
            return 0;
        case ["prepare", var folder, .. var rest]:
            PrepareVerb.Run(folder, rest);
            return 0;
        case ["engine", .. var rest]:
            await EngineVerb.RunAsync(rest).ConfigureAwait(false);
            return 0;
        case ["gpu", .. var rest]:
            return await GpuVerb.RunAsync(MeasureOptions.Parse(rest)).ConfigureAwait(false);
        case ["micro", .. var rest]:
            BenchmarkSwitcher.FromAssembly(typeof(LoadVerb).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"]);
            return 0;
        default:
            throw new ArgumentException($"""
                usage: benchmarks load [--only SCENARIO]... [--mode quick|default|full] ...   bench.sh gives the arguments
                       {CeilingOptions.Usage}
                       {CostsVerb.Usage}
                       {PrepareVerb.Usage}
                       {EngineVerb.Usage}
                       {MeasureOptions.Usage}
                       benchmarks micro [BenchmarkDotNet's arguments]
                """);
    }
}
catch (Exception failure) when (failure is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
    return 2;
}
