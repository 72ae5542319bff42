namespace Export;

/// <summary>What an export is doing, in order. Calibrate and Compare count runs of the network, the others bytes.</summary>
public enum ExportStage
{
    Download,
    Digest,
    Convert,
    Calibrate,
    Check,
    Compare,
}
