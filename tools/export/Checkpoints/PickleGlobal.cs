namespace Export.Checkpoints;

/// <summary>
/// The only globals a pickle may name. They are values of this enumeration and never become types or functions, so there is
/// nothing a checkpoint could execute.
/// </summary>
internal enum PickleGlobal
{
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    FloatStorage,
    DoubleStorage,
    HalfStorage,
    BFloat16Storage,
    LongStorage,
    IntStorage,
    ShortStorage,
    CharStorage,
    ByteStorage,
    BoolStorage,
}
