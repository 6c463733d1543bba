using System.Net;
using System.Text;

namespace Toolkit.Samples.Browser;

/// <summary>Serves folders to this machine alone, and takes what a page sends back.</summary>
public sealed class Site : IDisposable
{
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".mjs"] = "text/javascript",
        [".wasm"] = "application/wasm",
        [".onnx"] = "application/octet-stream",
        [".bin"] = "application/octet-stream",
    };

    private readonly HttpListener listener = new();
    private readonly IReadOnlyList<(string Prefix, string Folder)> folders;
    private readonly TaskCompletionSource<string> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to serve.</summary>
    /// <param name="port">The port of 127.0.0.1.</param>
    /// <param name="folders">The folders by the paths under which they are found; the first that has a file gives it.</param>
    /// <exception cref="HttpListenerException">The port is taken.</exception>
    public Site(int port, params IReadOnlyList<(string Prefix, string Folder)> folders)
    {
        this.folders = folders;
        Address = new Uri($"http://127.0.0.1:{port}/");
        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        Serving = Task.Run(Serve);
    }

    /// <summary>Where the page is.</summary>
    public Uri Address { get; }

    /// <summary>Ends when the site is disposed.</summary>
    public Task Serving { get; }

    /// <summary>The first text that a page sends to "result".</summary>
    public Task<string> Result => result.Task;

    /// <inheritdoc/>
    public void Dispose() => listener.Close();

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await Answer(context).ConfigureAwait(false);
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        try
        {
            string path = context.Request.Url!.AbsolutePath.TrimStart('/');
            if (context.Request.HttpMethod == "POST" && path == "result")
            {
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                result.TrySetResult(await reader.ReadToEndAsync().ConfigureAwait(false));
                return;
            }

            if (Find(path.Length == 0 ? "index.html" : path) is not { } file)
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
                return;
            }

            byte[] content = await File.ReadAllBytesAsync(file).ConfigureAwait(false);
            response.ContentType = Types.GetValueOrDefault(Path.GetExtension(file), "text/plain");
            response.ContentLength64 = content.Length;
            await response.OutputStream.WriteAsync(content).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpListenerException or IOException)
        {
            // The browser has closed the connection.
        }
    }

    /// <summary>A file directly in one of the folders.</summary>
    private string? Find(string path) => folders
        .Where(folder => path.StartsWith(folder.Prefix, StringComparison.Ordinal) && !path[folder.Prefix.Length..].Contains('/', StringComparison.Ordinal))
        .Select(folder => Path.Combine(folder.Folder, Path.GetFileName(path)))
        .FirstOrDefault(File.Exists);
}
