using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>Every operation of the registry in every type of real numbers or truth values that its schema allows, but for float32 and float64, which the battery of operations
/// has already.</summary>
public sealed class TypeBattery
{
    public static TheoryData<string> Names => [.. TypeVariants.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_kernel_agrees_with_the_reference_in_every_type(string name)
    {
        foreach ((OperationExample example, DType[] types) in TypeVariants.Cases(name))
        {
            (Signature signature, Value[] inputs) = TypeVariants.Make(example, types);
            IReadOnlyList<Value> results = Interpreter.Run(signature, inputs);
            Array64[] expected = References.Compute(example.Operation, [.. ExampleValues.All(example, inputs).Select(Array64.Of)]);
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
        foreach ((OperationExample example, DType[] types) in TypeVariants.Cases(name).Where(c => c.Example.Operation is not IDataSized))
        {
            (Signature signature, Value[] inputs) = TypeVariants.Make(example, types);
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
        Dictionary<string, HashSet<DType>> seen = Names.ToDictionary(row => row.Data, row => TypeVariants.Cases(row.Data).SelectMany(c => c.Types).ToHashSet());
        Assert.Empty(new[] { DType.Int8, DType.Int16, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64, DType.Float16, DType.BFloat16 }.Except(seen["Add"]));
        Assert.Empty(new[] { DType.Float8E4M3FN, DType.Int4, DType.UInt2, DType.Bool, DType.Int8, DType.BFloat16 }.Except(seen["Transpose"]));
        Assert.Empty(new[] { DType.Int32, DType.UInt64, DType.Float16 }.Except(seen["MatMul"]));
        Assert.Empty(new[] { DType.Int8, DType.UInt8, DType.Float16 }.Except(seen["MaxPool"]));
        Assert.DoesNotContain(DType.Int8, seen["Sin"]);
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
