using System.Reflection;
using System.Reflection.Emit;

namespace Toolkit.Architecture.Tests;

/// <summary>
/// Which types the compiled code of a type names: in its members, and in the instructions of its methods. Whatever a source file calls them (relative names, aliases,
/// static imports), here they are themselves. Constants and <c>nameof</c> leave nothing behind.
/// </summary>
internal static class TypeUses
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The folders below a root namespace that each folder uses, itself left out; "" is the root.</summary>
    public static Dictionary<string, SortedSet<string>> Folders(Assembly assembly, string root)
    {
        var uses = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (Type type in assembly.GetTypes())
        {
            if (FolderOf(type, root) is not { } folder)
                continue;
            if (!uses.TryGetValue(folder, out SortedSet<string>? used))
                uses.Add(folder, used = new(StringComparer.Ordinal));
            used.UnionWith(Of(type).Select(other => FolderOf(other, root)).OfType<string>().Where(other => other != folder));
        }

        return uses;
    }

    /// <summary>The types that a type names.</summary>
    public static IEnumerable<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        Add(type.BaseType);
        foreach (Type contract in type.GetInterfaces())
            Add(contract);
        foreach (FieldInfo field in type.GetFields(Own))
            Add(field.FieldType);
        foreach (MethodBase method in type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own)))
        {
            AddSignature(method);
            if (method.GetMethodBody() is not { } body)
                continue;
            foreach (LocalVariableInfo local in body.LocalVariables)
                Add(local.LocalType);
            foreach (int token in Tokens(body.GetILAsByteArray()!))
                AddMember(method.Module.ResolveMember(token, Arguments(type), method.IsGenericMethod ? method.GetGenericArguments() : null));
        }

        return found;

        void AddSignature(MethodBase method)
        {
            Add((method as MethodInfo)?.ReturnType);
            foreach (ParameterInfo parameter in method.GetParameters())
                Add(parameter.ParameterType);
            if (method.IsGenericMethod)
                Array.ForEach(method.GetGenericArguments(), Add);
        }

        void AddMember(MemberInfo? member)
        {
            Add(member as Type ?? member?.DeclaringType);
            if (member is FieldInfo field)
                Add(field.FieldType);
            if (member is MethodBase method)
                AddSignature(method);
        }

        void Add(Type? named)
        {
            while (named is { HasElementType: true })
                named = named.GetElementType();
            if (named is null || named.IsGenericParameter || !found.Add(named))
                return;
            foreach (Type argument in named.GetGenericArguments())
                Add(argument);
        }
    }

    private static Type[]? Arguments(Type type) => type.IsGenericType ? type.GetGenericArguments() : null;

    private static string? FolderOf(Type type, string root) => type.Namespace is { } name && (name == root || name.StartsWith(root + ".", StringComparison.Ordinal))
        ? name[root.Length..].TrimStart('.').Split('.')[0]
        : null;

    /// <summary>The tokens of members and types in a method's instructions.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            short value = code[at++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | code[at++]));
            OperandType operand = Codes[value].OperandType;
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
}
