using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Every operation of the registry in every type of real numbers or truth values that its schema allows, but for float32 and float64, which the battery of operations
/// has already.</summary>
public sealed class TypeBattery
{
    /// <summary>Operations of which the variable type is that of indices, which the engine takes as int64 alone, or the attribute's.</summary>
    private static readonly string[] Fixed = ["Cast", "OneHot"];

    public static TheoryData<string> Names => [.. OperationRegistry.All.Select(o => o.Name).Except(Fixed)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_agrees_with_the_reference_in_every_type(string name)
    {
        foreach ((Example example, DType[] types) in Cases(name))
        {
            (Signature signature, Value[] inputs) = Make(example, types);
            IReadOnlyList<Value> results = Interpreter.Run(signature, inputs);
            Array64[] expected = References.Compute(example.Operation, [.. inputs.Select(Array64.Of)]);
            for (int o = 0; o < expected.Length; o++)
            {
                Assert.Equal(expected[o].Sizes, results[o].Sizes.ToArray());
                for (int i = 0; i < expected[o].Data.Length; i++)
                    Check(Stored(expected[o].Data[i], results[o].DType), results[o], i, $"{example.Operation} in {string.Join(", ", types)}, output {o}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_compiled_function_agrees_with_the_interpreter_in_every_type(string name)
    {
        foreach ((Example example, DType[] types) in Cases(name).Where(c => c.Example.Operation is not IDataSized))
        {
            (Signature signature, Value[] inputs) = Make(example, types);
            IReadOnlyList<Value> expected = Interpreter.Run(signature, inputs);
            Value[] found = Function.Compile(signature, new ExecutionOptions { Threads = 2 }).Run(inputs);
            for (int o = 0; o < found.Length; o++)
            {
                Assert.Equal(expected[o].DType, found[o].DType);
                for (int i = 0; i < found[o].Count; i++)
                    Check(expected[o][i], found[o], i, $"{example.Operation} in {string.Join(", ", types)}, output {o}");
            }
        }
    }

    [Fact]
    public void The_cases_cover_the_types()
    {
        Dictionary<string, HashSet<DType>> seen = Names.ToDictionary(row => row.Data, row => Cases(row.Data).SelectMany(c => c.Types).ToHashSet());
        Assert.Empty(new[] { DType.Int8, DType.Int16, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64, DType.Float16, DType.BFloat16 }.Except(seen["Add"]));
        Assert.Empty(new[] { DType.Float8E4M3FN, DType.Int4, DType.UInt2, DType.Bool, DType.Int8, DType.BFloat16 }.Except(seen["Transpose"]));
        Assert.Empty(new[] { DType.Int32, DType.UInt64, DType.Float16 }.Except(seen["MatMul"]));
        Assert.Empty(new[] { DType.Int8, DType.UInt8, DType.Float16 }.Except(seen["MaxPool"]));
        Assert.DoesNotContain(DType.Int8, seen["Sin"]);
    }

    private static IEnumerable<(Example Example, DType[] Types)> Cases(string name) =>
        from example in OperationRegistry.All.Single(o => o.Name == name).Examples
        from types in Variants(example)
        where !types.Any(t => t.IsInteger()) || example.Operation is not Gemm { Alpha: var alpha } || double.IsInteger(alpha)

        // The rest of floating-point numbers has the sign of the dividend, and what is added must be numbers.
        where !types.Any(t => t.IsFloating()) || example.Operation is not Mod { Truncated: false }
        where !types.Contains(DType.Bool) || example.Operation is not ScatterND { Add: true }

        // The reference of this one keeps 32 bits.
        where !types.Contains(DType.UInt64) || example.Operation is not BitShift { Left: true }
        select (example, types);

    /// <summary>The types of the inputs: those that have the type of the first floating-point input, or else of the first input, vary together.</summary>
    private static IEnumerable<DType[]> Variants(Example example)
    {
        DType[] own = [.. example.Inputs.Select(input => input.DType)];
        int first = Math.Max(0, Array.IndexOf(own, DType.Float32));
        OperatorSchema? schema = example.Operation.StandardSchema();
        SchemaArgument? argument = schema is null || own.Length == 0 ? null : AllowedTypes.ArgumentOf(schema, first);
        if (argument is null)
        {
            return own.Contains(DType.Float32)
                ? new[] { DType.Float16, DType.BFloat16 }.Select(half => own.Select(type => type == DType.Float32 ? half : type).ToArray())
                : [];
        }

        return ElementType.All
            .Where(row => (row.IsNumber || row.Kind == ElementKind.Logical) && row.Type is not (DType.Float32 or DType.Float64) && AllowedTypes.Takes(argument, row.Type))
            .Select(row => own.Select((type, i) => type == own[first] && AllowedTypes.ArgumentOf(schema!, i) is { } other && AllowedTypes.Takes(other, row.Type) ? row.Type : type).ToArray());
    }

    private static (Signature Signature, Value[] Inputs) Make(Example example, DType[] types)
    {
        var typed = new Example(example.Operation, [.. example.Inputs.Select((input, i) => input with { DType = types[i] })]);
        Variable[] variables = ExampleValues.Variables(typed, DType.Float32);
        Value[] inputs = ExampleValues.Draw(typed, DType.Float32, seed: 8);
        for (int i = 0; i < inputs.Length; i++)
        {
            // What must not be 0 is not among integers either.
            for (int k = 0; k < inputs[i].Count && types[i].IsInteger() && (example.Inputs[i].Margin > 0 || example.Inputs[i].Low > 0); k++)
                inputs[i][k] = inputs[i][k] == 0 ? 1 : inputs[i][k];
        }

        return (new Signature(variables, [.. example.Operation.ApplyAll(variables).Select((o, i) => new Output($"y{i}", o))]), inputs);
    }

    /// <summary>A number as a type holds it: integers are truncated and wrap.</summary>
    private static double Stored(double number, DType type)
    {
        ElementType row = ElementType.Of(type);
        if (row.IsInteger)
        {
            double range = Math.Pow(2, row.Bits), whole = Math.Truncate(number) % range;
            if (row.Kind == ElementKind.Signed && Math.Abs(whole) < range / 2)
                return whole;
            whole = whole < 0 ? whole + range : whole;
            return row.Kind == ElementKind.Signed && whole >= range / 2 ? whole - range : whole;
        }

        Value one = Value.Zeros(type);
        one[0] = number;
        return one[0];
    }

    private static void Check(double expected, Value found, int i, string what)
    {
        // One rounding at the end, or a few where the operation is made of others.
        double allowed = found.DType == DType.BFloat16 ? Math.Pow(2, -6) : found.DType == DType.Float16 ? Math.Pow(2, -9) : found.DType.IsFloating() ? 1e-5 : 0;
        Assert.True(
            expected.Equals(found[i]) || expected == found[i] || Math.Abs(expected - found[i]) <= allowed * (1 + Math.Abs(expected)),
            $"{what}: element {i}: expected {expected}, found {found[i]}.");
    }
}
