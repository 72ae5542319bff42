using ModelStore;

namespace Export;

/// <summary>What an export did.</summary>
/// <param name="Model">The model as it is in the store now.</param>
/// <param name="Installed">False where the same model was there already and nothing was done.</param>
/// <param name="Conversion">Time from opening the weights to the written file, checksums included.</param>
/// <param name="PeakBytes">Highest resident memory of the process until the conversion's end, before ONNX Runtime loaded the model.</param>
/// <param name="Total">Time of everything, download and closing check included.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record ExportReport(
    InstalledModel Model, bool Installed, TimeSpan Conversion, long PeakBytes, TimeSpan Total, IReadOnlyList<string> Warnings);
