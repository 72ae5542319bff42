using System.Globalization;

namespace Benchmarks.Engine;

/// <summary>What the engine costs, and which arrangement of sessions, threads and batches suits this machine.</summary>
internal static class EngineVerb
{
    public const string Usage = "benchmarks engine overhead [IMAGES] | sessions MODEL.onnx [SECONDS] | coldstart MODEL.onnx";

    /// <exception cref="ArgumentException">No such part.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static async Task RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["overhead"]:
                await OverheadBenchmark.RunAsync(images: 200_000).ConfigureAwait(false);
                break;
            case ["overhead", var images]:
                await OverheadBenchmark.RunAsync(int.Parse(images, CultureInfo.InvariantCulture)).ConfigureAwait(false);
                break;
            case ["sessions", var model]:
                SessionsBenchmark.Run(model, seconds: 2);
                break;
            case ["sessions", var model, var seconds]:
                SessionsBenchmark.Run(model, double.Parse(seconds, CultureInfo.InvariantCulture));
                break;
            case ["coldstart", var model]:
                ColdStartBenchmark.Run(model);
                break;
            default:
                throw new ArgumentException($"usage: {Usage}");
        }
    }
}
