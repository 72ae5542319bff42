using System.Globalization;
using ModelStore;
using Spectre.Console;

namespace Export.Commands;

/// <summary>What the user sees of an export: bars on a terminal, plain lines where the output goes to a file.</summary>
internal sealed class ExportConsole(IAnsiConsole console, bool plain)
{
    /// <summary>Runs one export with its progress shown.</summary>
    public async Task<ExportReport> ShowAsync(Func<IProgress<ExportProgress>, Task<ExportReport>> export)
    {
        if (plain) return await export(new PlainProgress(console)).ConfigureAwait(false);
        return await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new AmountColumn(),
                new RemainingTimeColumn())
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

        string precision = manifest.Precision == "fp32" ? "" : $", {manifest.Precision}";
        Line($"{manifest.Name}: installed version {manifest.Version}, {manifest.Architecture}, {manifest.Classes:N0} classes, " +
            $"{origin} weights{precision}");
        Line($"  file     {report.Model.ModelPath}");
        Line($"  size     {manifest.Model.Bytes:N0} bytes");
        Line($"  sha256   {manifest.Model.Sha256}");
        Line($"  licence  {manifest.Licence}");
        Line($"  checked  opened in ONNX Runtime; batches of 1 and 3 agree");
        if (manifest.Agreement is { } agreement) Tell(agreement);
        Line(Text($"  seconds  {report.Total.TotalSeconds:F1} in all, {report.Conversion.TotalSeconds:F2} converting ") +
            Text($"(peak memory {report.PeakBytes / 1e6:F0} MB)"));
        foreach (string warning in report.Warnings) Line($"  warning  {warning}");
    }

    private void Tell(PrecisionAgreement agreement)
    {
        if (agreement.Calibration is { } calibration) Line($"  learnt   from {calibration.Images} {calibration.Source}");
        Line(Text($"  agrees   with fp32 on {agreement.Top1:P1} of {agreement.Images} {agreement.Source}, ") +
            Text($"on {agreement.ClearTop1:P1} of the {agreement.Clear} that fp32 is clear about"));
        Line(Text($"           probabilities differ by {agreement.MeanProbabilityDifference:F4} on average, ") +
            Text($"by {agreement.MaxProbabilityDifference:F4} at most"));
        if (agreement.Accuracy is not { } accuracy) return;
        Line(Text($"  top-1    {accuracy.Top1:P1}, fp32 {accuracy.Fp32Top1:P1}, on {accuracy.Images} pictures of known class"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>One line, never wrapped or interpreted as markup.</summary>
    public void Line(string text) => console.Profile.Out.Writer.WriteLine(text);

    private sealed class PlainProgress(IAnsiConsole console) : IProgress<ExportProgress>
    {
        private ExportStage? _stage;

        public void Report(ExportProgress value)
        {
            if (_stage == value.Stage) return;
            _stage = value.Stage;
            string amount = value.Stage == ExportStage.Wait ? "" : $" ({value.Total:N0} {(CountsRuns(value.Stage) ? "runs" : "bytes")})";
            console.Profile.Out.Writer.WriteLine($"{value.Model}: {Words(value.Stage)}{amount}");
        }
    }

    private sealed class BarProgress(ProgressContext context) : IProgress<ExportProgress>
    {
        private readonly Dictionary<ExportStage, ProgressTask> _bars = [];

        public void Report(ExportProgress value)
        {
            if (!_bars.TryGetValue(value.Stage, out ProgressTask? bar))
            {
                string words = $"{value.Model}: {Words(value.Stage)}";
                bar = context.AddTask(Markup.Escape(words), maxValue: Math.Max(1, value.Total));
                if (CountsRuns(value.Stage)) AmountColumn.CountRuns(bar);
                _bars.Add(value.Stage, bar);
            }

            bar.Value = value.Done;
        }
    }

    private static string Words(ExportStage stage) => stage switch
    {
        ExportStage.Wait => "waiting for another export of the same weights",
        ExportStage.Download => "downloading",
        ExportStage.Digest => "computing the checkpoint's digest",
        ExportStage.Convert => "converting",
        ExportStage.Calibrate => "calibrating",
        ExportStage.Compare => "comparing with fp32",
        _ => "checking in ONNX Runtime",
    };

    private static bool CountsRuns(ExportStage stage) => stage is ExportStage.Calibrate or ExportStage.Compare;
}
