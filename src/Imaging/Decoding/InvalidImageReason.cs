namespace Imaging.Decoding;

/// <summary>The ways an upload can fail to be a picture; each maps to one HTTP status at the edge.</summary>
public enum InvalidImageReason
{
    /// <summary>The first bytes are of no supported format (415).</summary>
    UnknownFormat,

    /// <summary>A supported format whose content is damaged, truncated or of a kind that is not read (422).</summary>
    Unreadable,

    /// <summary>The header announces more pixels or a longer side than is allowed; nothing was decoded (413).</summary>
    TooManyPixels,

    /// <summary>Decoding takes more processor time or memory than one picture may have (413).</summary>
    TooCostly,
}
