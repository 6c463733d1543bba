using System.Diagnostics;
using Google.Protobuf;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Format;
using Toolkit.OnnxExport.Serving;
using Toolkit.OnnxExport.Tests.Checking;
using Toolkit.OnnxExport.Tests.Export;
using static Toolkit.OnnxExport.Format.TensorProto.Types;

namespace Toolkit.OnnxExport.Tests.Sessions;

/// <summary>What is disposed while it is in use. A fault here ends the process, not the test.</summary>
[Collection(nameof(Alone))]
public sealed class DisposalTests
{
    private static readonly byte[] Perceptron = OnnxExporter.Export(SmallModels.Perceptron());

    /// <summary>A model whose output has a size that only a run tells, so that the runtime allocates it.</summary>
    private static readonly byte[] Found = new ModelProto
    {
        IrVersion = 8,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
        Graph = new GraphProto
        {
            Name = "found",
            Input = { GoodModel.Value("x", DataType.Float, 64, 64) },
            Output = { new ValueInfoProto { Name = "y", Type = Any(DataType.Int64, 2) } },
            Node = { GoodModel.Node("NonZero", ["x"], ["y"], "nonzero") },
        },
    }.ToByteArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Buffers_that_were_disposed_do_not_run_and_can_still_be_read()
    {
        using OnnxSession session = OnnxSession.Load(Perceptron);
        SessionBuffers buffers = Buffers(session, 2);
        buffers.Run();
        float[] before = buffers.Outputs[0].ToArray<float>();
        buffers.Dispose();
        buffers.Dispose();
        Assert.Throws<ObjectDisposedException>(buffers.Run);
        Assert.Equal(before, buffers.Outputs[0].ToArray<float>());
        Assert.Equal(1f, before[..3].Sum(), 1e-6f);
    }

    [Fact]
    public void Buffers_of_found_sizes_that_were_disposed_do_not_run_and_can_still_be_read()
    {
        using OnnxSession session = OnnxSession.Load(Found);
        SessionBuffers buffers = session.CreateBuffers(new Dictionary<string, int>());
        buffers.Inputs[0].Span<float>()[65] = 1;
        buffers.Run();
        buffers.Dispose();
        Assert.Throws<ObjectDisposedException>(buffers.Run);
        Assert.Equal([1L, 1L], buffers.Outputs[0].ToArray<long>());
    }

    [Fact]
    public void A_session_that_was_disposed_refuses_runs_and_buffers_and_its_buffers_may_go_after_it()
    {
        OnnxSession session = OnnxSession.Load(Perceptron);
        SessionBuffers buffers = Buffers(session, 2);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(buffers.Run);
        Assert.Throws<ObjectDisposedException>(() => Buffers(session, 2));
        Assert.Throws<ObjectDisposedException>(() => session.Run(Value.Zeros(DType.Float32, 1, 4)));
        buffers.Dispose();
    }

    [Fact]
    public void Sessions_disposed_under_threads_that_run_and_make_buffers_end_them_with_a_clear_error()
    {
        for (int round = 0; round < 15; round++)
        {
            OnnxSession session = OnnxSession.Load(round % 2 == 0 ? Perceptron : Found);
            var errors = new Exception?[6];
            using var started = new CountdownEvent(errors.Length);
            Thread[] threads = [.. errors.Select((_, i) => new Thread(() => errors[i] = Record.Exception((Action)(() =>
            {
                SessionBuffers? kept = i % 2 == 0 ? Buffers(session, 3) : null;
                started.Signal();
                while (true)
                {
                    if (kept is not null)
                    {
                        kept.Run();
                        continue;
                    }

                    using SessionBuffers own = Buffers(session, 1 + i);
                    own.Run();
                }
            }))))];
            Array.ForEach(threads, t => t.Start());
            started.Wait(Token);
            Thread.Sleep(round);
            session.Dispose();
            Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromSeconds(60))));
            Assert.All(errors, e => Assert.IsType<ObjectDisposedException>(e));
        }
    }

    [Fact]
    public void Buffers_disposed_under_a_thread_that_runs_them_end_it_with_a_clear_error()
    {
        using OnnxSession first = OnnxSession.Load(Perceptron), second = OnnxSession.Load(Found);
        for (int round = 0; round < 40; round++)
        {
            SessionBuffers buffers = Buffers(round % 2 == 0 ? first : second, 256);
            Exception? error = null;
            using var started = new ManualResetEventSlim();
            var thread = new Thread(() => error = Record.Exception((Action)(() =>
            {
                while (true)
                {
                    buffers.Run();
                    started.Set();
                }
            })));
            thread.Start();
            started.Wait(Token);
            buffers.Dispose();
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
            Assert.IsType<ObjectDisposedException>(error);
        }
    }

    [Fact]
    public void Two_threads_on_the_same_buffers_are_refused_or_take_turns()
    {
        using OnnxSession session = OnnxSession.Load(Perceptron);
        using SessionBuffers buffers = Buffers(session, 4096);
        int refused = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 300; i++)
            {
                Exception? error = Record.Exception(buffers.Run);
                Assert.True(error is null or InvalidOperationException, error?.ToString());
                Interlocked.Add(ref refused, error is null ? 0 : 1);
            }
        });
        Assert.NotEqual(1200, refused);
        buffers.Run();
    }

    [Fact]
    public void Buffers_that_nobody_keeps_run_to_their_end_while_memory_is_collected()
    {
        using OnnxSession session = OnnxSession.Load(Found);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
            }
        });
        collector.Start();
        for (int i = 0; i < 200; i++)
        {
            Buffers(session, 1).Run();
        }

        stop.Cancel();
        collector.Join();
    }

    [Fact]
    public void A_model_that_is_refused_leaves_no_native_memory_behind()
    {
        // Seven megabytes of weights each, under an input that is no tensor.
        byte[] refused = new ModelProto
        {
            IrVersion = 8,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            Graph = new GraphProto
            {
                Name = "refused",
                Input = { new ValueInfoProto { Name = "x", Type = new TypeProto { SequenceType = new() { ElemType = Any(DataType.Float, 1) } } } },
                Output = { new ValueInfoProto { Name = "y", Type = Any(DataType.Float, 1) }, GoodModel.Value("z", DataType.Float, 7 << 18) },
                Initializer = { GoodModel.Floats("w", [.. Enumerable.Range(0, 7 << 18).Select(i => (float)i)]) },
                Node =
                {
                    GoodModel.Node("ConcatFromSequence", ["x"], ["y"], "concat", GoodModel.Int("axis", 0)),
                    GoodModel.Node("Neg", ["w"], ["z"], "neg"),
                },
            },
        }.ToByteArray();
        long Grown(int loads)
        {
            long before = WorkingSet();
            for (int i = 0; i < loads; i++)
            {
                Assert.Throws<ServingException>(() => OnnxSession.Load(refused));
            }

            return WorkingSet() - before;
        }

        Grown(2);
        Assert.InRange(Grown(40), long.MinValue, 100L << 20);
    }

    private static SessionBuffers Buffers(OnnxSession session, int batch) =>
        session.CreateBuffers(new Dictionary<string, int> { ["batch"] = batch });

    private static TypeProto Any(DataType type, int rank)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(Enumerable.Range(0, rank).Select(_ => new TensorShapeProto.Types.Dimension()));
        return new TypeProto { TensorType = new() { ElemType = (int)type, Shape = shape } };
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
