using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Graph;

public sealed class ParameterTests
{
    [Fact]
    public void The_initial_value_stays_when_the_given_one_and_the_current_one_change()
    {
        Value given = Value.Of([1f, 0f], 2), zeros = Value.Zeros(DType.Float32, 2), negative = Value.Of([0f, -0f], 2);
        foreach (Value value in new[] { given, zeros, negative })
        {
            Value expected = value.Clone();
            var parameter = new Parameter("p", value);
            value[1] = 5;
            parameter.Value = Value.Of([7f, 8f], 2);
            Assert.True(parameter.Initial.BitEquals(expected));
        }
    }

    [Fact]
    public void An_initial_value_that_is_made_is_made_anew_for_each_who_asks_and_not_kept()
    {
        int made = 0;
        const int Count = 1 << 20;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var parameter = new Parameter("p", () => Value.Full(++made > 0 ? 3 : 0, DType.Float32, Count), ParameterRole.Scale);
        Assert.Equal(1, (GC.GetAllocatedBytesForCurrentThread() - before) / (Count * sizeof(float)));
        Assert.Equal(("p", ParameterRole.Scale, 1), (parameter.Name, parameter.Role, made));
        parameter.Value = Value.Full(5, DType.Float32, Count);
        Assert.Equal((3f, 5f), (parameter.Initial[Count - 1], parameter.Value[Count - 1]));
        parameter.Initial[0] = 7;
        Assert.Equal((3f, 5f, 4), (parameter.Initial[0], parameter.Value[0], made));
    }

    /// <summary>Zeros, with which the moments of optimizers begin, are not kept beside the current value.</summary>
    [Fact]
    public void Zeros_are_not_kept()
    {
        const int Count = 4 << 20;
        Value zeros = Value.Zeros(DType.Float32, Count), ones = Value.Full(1, DType.Float32, Count);
        Assert.Equal((1, 2), (Copies(zeros), Copies(ones)));

        static long Copies(Value initial)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var parameter = new Parameter("p", initial);
            long copies = (GC.GetAllocatedBytesForCurrentThread() - before) / initial.ByteCount;
            GC.KeepAlive(parameter);
            return copies;
        }
    }
}
