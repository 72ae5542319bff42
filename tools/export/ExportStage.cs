namespace Export;

/// <summary>What an export is doing, in order.</summary>
public enum ExportStage
{
    Download,
    Digest,
    Convert,
    Check,
}
