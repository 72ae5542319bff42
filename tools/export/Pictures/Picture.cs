namespace Export.Pictures;

/// <summary>A picture as a network reads it.</summary>
/// <param name="Values">3 × side × side normalised values, planes R, G, B.</param>
/// <param name="Class">Index of what it shows, or null where that is not known.</param>
internal sealed record Picture(float[] Values, int? Class = null);
