namespace Export;

/// <summary>How far one stage of an export is.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Bytes or runs done.</param>
/// <param name="Total">Bytes or runs in all.</param>
public sealed record ExportProgress(string Model, ExportStage Stage, long Done, long Total);
