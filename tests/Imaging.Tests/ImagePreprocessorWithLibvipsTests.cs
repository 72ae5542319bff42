namespace Imaging.Tests;

/// <summary>The same tests where libvips decodes JPEGs, whatever is installed.</summary>
public sealed class ImagePreprocessorWithLibvipsTests() : ImagePreprocessorTests(useTurboJpeg: false);
