using BenchmarkDotNet.Running;
using InferenceApi.Benchmarks.Ceilings;

switch (args)
{
    case ["ceilings", .. var rest]:
        try
        {
            CeilingRun.Print(CeilingOptions.Parse(rest));
            return 0;
        }
        catch (ArgumentException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return 2;
        }

    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(CeilingRun).Assembly).Run(rest.Length > 0 ? rest : ["--filter", "*"]);
        return 0;

    default:
        await Console.Error.WriteLineAsync("""
            usage: InferenceApi.Benchmarks ceilings --store DIR --model NAME --pictures DIR [--seconds S]   one JSON document on standard output
                   InferenceApi.Benchmarks micro [BenchmarkDotNet's arguments]
            """).ConfigureAwait(false);
        return 2;
}
