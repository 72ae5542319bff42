namespace ModelStore;

/// <summary>The kind of a fault, coarse enough for callers.</summary>
public enum StoreFault
{
    /// <summary>Any other fault; only the message describes it.</summary>
    Other,

    /// <summary>A file is missing, or the system refuses to read it.</summary>
    Unreadable,

    /// <summary>manifest.json is not valid, or another model's.</summary>
    Manifest,

    /// <summary>A file is not the one that the manifest describes.</summary>
    Differs,

    /// <summary>A symbolic link that is not followed.</summary>
    Link,

    /// <summary>The labels are not a list of the model's classes.</summary>
    Labels,

    /// <summary>The network cannot be opened, or is not the one that the manifest describes.</summary>
    Network,

    /// <summary>This machine has no exact and fast way to compute a model of its precision.</summary>
    Unsupported,
}
