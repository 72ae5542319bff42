using Gpu.Benchmarks;
using InferenceApi.Runtime;

MeasureOptions options;
try
{
    options = MeasureOptions.Parse(args);
}
catch (Exception failure) when (failure is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
    return 2;
}

try
{
    return await RunAsync(options).ConfigureAwait(false);
}
catch (Exception failure) when (failure is ProviderUnavailableException or ArgumentException)
{
    await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
    return 1;
}

static async Task<int> RunAsync(MeasureOptions options)
{
    switch (options.Part)
    {
        case "raw":
            RawPart.Run(options);
            return 0;
        case "fed":
            await FedPart.RunAsync(options).ConfigureAwait(false);
            return 0;
        case "random":
            return RandomPart.Run(options);
        case "parity":
            return ParityPart.Run(options);
        case "memory":
            MemoryPart.Run(options);
            return 0;
        default:
            await ServicePart.RunAsync(options).ConfigureAwait(false);
            return 0;
    }
}
