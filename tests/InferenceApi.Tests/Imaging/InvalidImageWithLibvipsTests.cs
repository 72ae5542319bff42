namespace InferenceApi.Tests.Imaging;

/// <summary>The same tests where libvips decodes JPEGs, whatever is installed.</summary>
public sealed class InvalidImageWithLibvipsTests() : InvalidImageTests(useTurboJpeg: false);
