using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Imaging;
using Imaging.Decoding;
using ModelStore;

namespace Benchmarks.Prepare;

/// <summary>
/// What pictures of every kind that is read take, beside what their headers say: the source of the factors in <see cref="ImageCost"/>. With
/// a folder, its pictures instead. Linux only; libvips decodes everything, which is the dearer of the two for JPEG.
/// </summary>
internal static partial class CostsVerb
{
    public const string Usage = "benchmarks costs [FOLDER]";

    private const double Mebibyte = 1 << 20;

    public static void Run(string[] arguments)
    {
        ImagingOptions unbounded = new() { MaxDecodeTime = TimeSpan.FromMinutes(1), DecodeMemory = long.MaxValue / 4 };
        ImagePreprocessor libvips = new(unbounded, useTurboJpeg: false);
        Console.WriteLine(
            "| picture | file, KiB | Mpixel | processor, ms | of it in the kernel | by its header | ratio | ns a pixel | held, MiB | by "
            + "its header "
            + "| bytes a pixel |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        IEnumerable<(string Name, byte[] File)> pictures = arguments.Length == 0
            ? CostlyFiles.Make()
            : Directory.GetFiles(arguments[0]).Order(StringComparer.Ordinal)
                .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));
        foreach ((string name, byte[] file) in pictures) Console.WriteLine(Row(libvips, name, file));
    }

    private static string Row(ImagePreprocessor preprocessor, string name, byte[] file)
    {
        try
        {
            ImageHeader header = preprocessor.Inspect(file);
            _ = Trim(0);
            File.WriteAllText("/proc/self/clear_refs", "5");
            long before = Resident("VmRSS:");
            (double Took, double Kernel) first = Decode(preprocessor, header, file);
            double held = (Resident("VmHWM:") - before) / Mebibyte;
            (double took, double kernel) = Decode(preprocessor, header, file) is var second && second.Took < first.Took ? second : first;
            double said = header.Cost.Time.TotalMilliseconds, pixels = (double)header.Width * header.Height;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {file.Length / 1024.0:F1} | {pixels / 1e6:F1} | {took:F1} | {kernel:F1} | {said:F1} | {took / said:F2} "
                + $"| {took / pixels * 1e6:F2} | {held:F0} | {header.Cost.Bytes / Mebibyte:F0} | {held * Mebibyte / pixels:F2} |");
        }
        catch (InvalidImageException refused)
        {
            return $"| {name} | {file.Length / 1024} | {refused.Message} |";
        }
    }

    /// <returns>Milliseconds of processor time, and those of them that the kernel took, mostly for fresh pages.</returns>
    private static (double Took, double Kernel) Decode(ImagePreprocessor preprocessor, ImageHeader header, byte[] file)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime, kernel = self.PrivilegedProcessorTime;
        try
        {
            preprocessor.Preprocess(file, header, PreprocessingRecipe.ImageNet, out _, CancellationToken.None).Dispose();
        }
        catch (InvalidImageException damaged)
        {
            Console.Error.WriteLine(damaged.Message);
        }

        self.Refresh();
        return ((self.TotalProcessorTime - before).TotalMilliseconds, (self.PrivilegedProcessorTime - kernel).TotalMilliseconds);
    }

    private static long Resident(string line)
    {
        string found = File.ReadLines("/proc/self/status").First(text => text.StartsWith(line, StringComparison.Ordinal));
        return 1024 * long.Parse(found.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Gives the allocator's free memory back, so that the next picture's is seen.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint padding);
}
