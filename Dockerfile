# One image for web, worker and beat. docker-compose.yml sets the command of each.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    # glibc gives each thread an arena, and memory that LanceDB's threads free there never returns to the system.
    MALLOC_ARENA_MAX=2 \
    DJANGO_SETTINGS_MODULE=memoryloop.settings \
    DATA_DIR=/data

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY . .
RUN useradd --system --uid 10001 --home-dir /app memoryloop \
    && mkdir /data \
    && chown memoryloop /data
USER memoryloop
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "memoryloop.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", "--no-proxy-headers", "--no-server-header"]
