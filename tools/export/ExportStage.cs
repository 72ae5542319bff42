namespace Export;

/// <summary>What an export is doing, in order. Calibrate and Compare count runs of the network, Wait nothing, the others bytes.</summary>
public enum ExportStage
{
    Wait,
    Download,
    Digest,
    Convert,
    Calibrate,
    Check,
    Compare,
}
