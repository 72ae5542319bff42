using System.Globalization;
using ModelStore;
using Spectre.Console;

namespace Export.Commands;

/// <summary>What the user sees of an export: bars on a terminal, plain lines where the output goes to a file.</summary>
internal sealed class ExportConsole(IAnsiConsole console, bool plain)
{
    /// <summary>Runs one export with its progress shown.</summary>
    public async Task<ExportReport> ShowAsync(string model, Func<IProgress<ExportProgress>, Task<ExportReport>> export)
    {
        if (plain) return await export(new PlainProgress(console)).ConfigureAwait(false);
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn { Culture = CultureInfo.InvariantCulture }, new RemainingTimeColumn())
            .StartAsync(context => export(new BarProgress(context)))
            .ConfigureAwait(false);
    }

    /// <summary>The outcome, in words that can be searched for.</summary>
    public void Tell(ExportReport report)
    {
        ModelManifest manifest = report.Model.Manifest;
        string origin = manifest.Origin.ToString().ToLowerInvariant();
        if (!report.Installed)
        {
            Line($"{manifest.Name}: already installed, version {manifest.Version}, {origin} weights (--force installs it again)");
            return;
        }

        Line($"{manifest.Name}: installed version {manifest.Version}, {manifest.Architecture}, {manifest.Classes:N0} classes, {origin} weights{(manifest.Precision == "fp32" ? "" : $", {manifest.Precision}")}");
        Line($"  file     {report.Model.ModelPath}");
        Line($"  size     {manifest.Model.Bytes:N0} bytes");
        Line($"  sha256   {manifest.Model.Sha256}");
        Line($"  licence  {manifest.Licence}");
        Line($"  checked  opened in ONNX Runtime; batches of 1 and 3 agree");
        if (manifest.Agreement is { } agreement)
        {
            Line(string.Create(CultureInfo.InvariantCulture,
                $"  agrees   with fp32 on {agreement.Top1:P0} of {agreement.Images} {agreement.Source} pictures; probabilities differ by at most {agreement.MaxProbabilityDifference:G2}"));
        }

        Line(string.Create(CultureInfo.InvariantCulture,
            $"  seconds  {report.Total.TotalSeconds:F1} in all, {report.Conversion.TotalSeconds:F2} converting (peak memory {report.PeakBytes / 1e6:F0} MB)"));
        foreach (string warning in report.Warnings) Line($"  warning  {warning}");
    }

    /// <summary>One line, never wrapped or interpreted as markup.</summary>
    public void Line(string text) => console.Profile.Out.Writer.WriteLine(text);

    private sealed class PlainProgress(IAnsiConsole console) : IProgress<ExportProgress>
    {
        private ExportStage? _stage;

        public void Report(ExportProgress value)
        {
            if (_stage == value.Stage) return;
            _stage = value.Stage;
            console.Profile.Out.Writer.WriteLine($"{value.Model}: {Words(value.Stage)} ({value.Total:N0} bytes)");
        }
    }

    private sealed class BarProgress(ProgressContext context) : IProgress<ExportProgress>
    {
        private readonly Dictionary<ExportStage, ProgressTask> _bars = [];

        public void Report(ExportProgress value)
        {
            if (!_bars.TryGetValue(value.Stage, out ProgressTask? bar))
            {
                bar = context.AddTask(Markup.Escape($"{value.Model}: {Words(value.Stage)}"), maxValue: Math.Max(1, value.Total));
                _bars.Add(value.Stage, bar);
            }

            bar.Value = value.Done;
        }
    }

    private static string Words(ExportStage stage) => stage switch
    {
        ExportStage.Download => "downloading",
        ExportStage.Digest => "computing the checkpoint's digest",
        ExportStage.Convert => "converting",
        _ => "checking in ONNX Runtime",
    };
}
