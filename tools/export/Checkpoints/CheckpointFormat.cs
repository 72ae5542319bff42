namespace Export.Checkpoints;

/// <summary>The container format of a checkpoint, recognised by its first bytes.</summary>
public enum CheckpointFormat
{
    /// <summary>torch.save of PyTorch before 1.6: five pickles, then the storages.</summary>
    Legacy,

    /// <summary>torch.save of PyTorch 1.6 and later: a zip archive of stored entries.</summary>
    Zip,

    /// <summary>A JSON header, then the data; nothing in it can be executed.</summary>
    Safetensors,
}
