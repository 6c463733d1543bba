using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>Refuses element types that the standard does not give an operator.</summary>
internal static class AllowedTypes
{
    /// <summary>Checks the inputs of an operation against its operator in the newest version; what is no operator of the standard checks its inputs by itself.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <exception cref="DTypeException">The operator does not take the type of an input.</exception>
    public static void Check(Operation operation, Arguments inputs)
    {
        if (operation.StandardSchema() is not { } schema)
            return;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs.Optional(i) is { } input && ArgumentOf(schema, i) is { } argument && !Takes(argument, input.DType))
                throw new DTypeException($"{operation.Name} expects {List(argument)} as {argument.Name}, found {input.DType}.");
        }
    }

    /// <summary>The input of a schema at a position; null where it has no more.</summary>
    /// <param name="schema">The operator.</param>
    /// <param name="position">The position.</param>
    public static SchemaArgument? ArgumentOf(OperatorSchema schema, int position) =>
        position < schema.Inputs.Count ? schema.Inputs[position]
        : schema.Inputs is [.., { IsVariadic: true } last] ? last
        : null;

    /// <summary>Whether an input of an operator may have an element type.</summary>
    /// <param name="argument">The input.</param>
    /// <param name="type">The type.</param>
    public static bool Takes(SchemaArgument argument, DType type) => argument.Types.Contains(ElementType.Of(type).TensorName);

    /// <summary>The types that an input may have, as a message gives them.</summary>
    /// <param name="argument">The input.</param>
    public static string List(SchemaArgument argument)
    {
        string[] names = [.. ElementType.All.Where(row => Takes(argument, row.Type)).Select(row => row.Type.ToString())];
        return names.Length > 1 ? $"{string.Join(", ", names[..^1])} or {names[^1]}" : string.Join(string.Empty, names);
    }
}
