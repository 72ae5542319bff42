using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Export.Commands;

/// <summary>How much of a bar is done: bytes as a download shows them, or runs of the network.</summary>
internal sealed class AmountColumn : ProgressColumn
{
    private const string RunsKey = "runs";

    private readonly DownloadedColumn _bytes = new() { Culture = CultureInfo.InvariantCulture };

    /// <summary>Makes a bar count runs instead of bytes.</summary>
    public static void CountRuns(ProgressTask bar) => bar.State.Update<bool>(RunsKey, _ => true);

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        task.State.Get<bool>(RunsKey)
            ? new Text(string.Create(CultureInfo.InvariantCulture, $"{task.Value:N0}/{task.MaxValue:N0} runs"))
            : _bytes.Render(options, task, deltaTime);
}
