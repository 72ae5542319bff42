using System.Reflection;
using System.Reflection.Emit;

namespace InferenceApi.Tests.Architecture;

/// <summary>
/// The types that code uses: its base types, signatures, attributes and locals, and every type, method and field in the IL of its methods.
/// How the source names them makes no difference. Constants and <c>nameof</c> leave no trace.
/// </summary>
internal static class UsedTypes
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value & 0xffff);

    /// <summary>What one type uses, without repetition; the types nested in it are types of their own.</summary>
    public static IEnumerable<Type> Of(Type type) =>
        Direct(type).Where(used => used is not null).SelectMany(used => Parts(used!)).Distinct();

    private static IEnumerable<Type?> Direct(Type type)
    {
        MethodBase[] methods = [.. type.GetMethods(Declared), .. type.GetConstructors(Declared)];
        MemberInfo[] members = [type, .. type.GetMembers(Declared)];
        return
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Declared).Select(field => field.FieldType),
            .. members.SelectMany(member => member.GetCustomAttributesData()).Select(attribute => attribute.AttributeType),
            .. methods.OfType<MethodInfo>().Select(method => method.ReturnType),
            .. methods.SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType),
            .. methods.SelectMany(InBody),
        ];
    }

    private static IEnumerable<Type?> InBody(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body) return [];
        return
        [
            .. body.LocalVariables.Select(local => local.LocalType),
            .. body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                .Select(clause => clause.CatchType),
            .. Tokens(body.GetILAsByteArray()!).SelectMany(token => Named(method, token)),
        ];
    }

    private static IEnumerable<Type?> Named(MethodBase method, int token)
    {
        Type[] ofType = method.DeclaringType!.GetGenericArguments();
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        MemberInfo member = method.Module.ResolveMember(token, ofType, ofMethod)!;
        return member is Type type ? [type]
            : member is MethodInfo { IsGenericMethod: true } generic ? [generic.DeclaringType, .. generic.GetGenericArguments()]
            : [member.DeclaringType];
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            if (value == 0xfe) value = 0xfe00 | code[at++];
            OperandType operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return BitConverter.ToInt32(code, at);
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    // The element of an array, the arguments of a generic type and the type around a nested one.
    private static IEnumerable<Type> Parts(Type type) =>
        type.IsGenericParameter ? []
        : type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsFunctionPointer
            ? [.. Parts(type.GetFunctionPointerReturnType()), .. type.GetFunctionPointerParameterTypes().SelectMany(Parts)]
        : type.IsConstructedGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];
}
